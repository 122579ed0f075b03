"""The station agent: durable queue and sender."""
