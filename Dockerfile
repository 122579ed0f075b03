FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements-run.lock ./
RUN python -m venv /opt/registry \
    && /opt/registry/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY battery_registry battery_registry
COPY instruments instruments
RUN /opt/registry/bin/pip install --no-cache-dir --no-deps --no-build-isolation .


# TLS and the way in.
FROM caddy:2.10-alpine AS proxy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
RUN mkdir -p /data /config && chown -R 10001:10001 /data /config
USER 10001:10001


# One image for web, worker and migrations: no compiler, no tools, no root.
FROM python:3.11-slim-bookworm AS app
LABEL org.opencontainers.image.title="battery-registry" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 registry \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin registry
COPY --from=build /opt/registry /opt/registry
ENV PATH="/opt/registry/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
# A volume that is mounted there takes this owner over.
RUN mkdir -p /var/lib/registry/blobs && chown -R 10001:10001 /var/lib/registry
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=20s \
    CMD ["battery-registry", "healthcheck"]
ENTRYPOINT ["battery-registry"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
