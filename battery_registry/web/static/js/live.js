// Keeps a page up to date: is told of changes by a stream, or asks where there is none.
//
// What is told is only a mark of what the page would show. If it is another one than
// the page shows, the page is fetched anew and its marked parts are replaced.

const sign = document.getElementById("live");
const state = document.getElementById("live-state");
const told = document.getElementById("live-told");
const button = document.getElementById("live-switch");
const words = sign.dataset;
const ASK_MS = 3000;
const TRY_STREAM_MS = 20000;

let shown = words.mark;
let source;
let asking;
let trying;
let isPaused = false;
let isFetching = false;

function say(name) {
  state.textContent = words[name];
  state.dataset.state = name;
}

function sameAs(focused, part) {
  if (!focused || !part.contains(focused)) return null;
  const links = [...part.querySelectorAll("a[href], section")];
  return links.indexOf(focused);
}

function replace(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  // The focus stays on the thing that was focused, wherever it is now.
  const place = sameAs(document.activeElement, part);
  part.replaceChildren(...fresh.childNodes);
  if (place !== null) [...part.querySelectorAll("a[href], section")][place]?.focus();
}

async function refresh(at) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const mark = page.getElementById("live")?.dataset.mark;
  if (!mark) return false;
  for (const part of document.querySelectorAll("[data-live-part]")) {
    const fresh = page.querySelector(`[data-live-part="${part.dataset.livePart}"]`);
    if (fresh) replace(part, fresh);
  }
  shown = mark;
  told.textContent = words.updated.replace("{}", at);
  return true;
}

async function take(news) {
  if (news.mark === shown || isFetching || isPaused) return;
  isFetching = true;
  try {
    if (!(await refresh(news.at))) say("lost");
  } catch {
    say("lost");
  } finally {
    isFetching = false;
  }
}

async function ask() {
  try {
    const answer = await fetch(words.now, { headers: { Accept: "application/json" } });
    if (!answer.ok) return say("lost");
    if (asking) say("asking");
    await take(await answer.json());
  } catch {
    say("lost");
  }
}

function askOften() {
  asking ??= setInterval(ask, ASK_MS);
}

function askNoMore() {
  clearInterval(asking);
  asking = undefined;
}

function listen() {
  clearTimeout(trying);
  source?.close();
  source = new EventSource(words.events);
  source.addEventListener("open", () => {
    askNoMore();
    say("live");
  });
  source.addEventListener("taken", () => {
    askOften();
    say("asking");
  });
  source.addEventListener("message", (event) => take(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // A stream ends after a while and begins again by itself; until then we ask.
    askOften();
    if (source.readyState !== EventSource.CLOSED) return;
    say("asking");
    trying = setTimeout(listen, TRY_STREAM_MS);
  });
}

function rest() {
  clearTimeout(trying);
  source?.close();
  askNoMore();
  say("paused");
}

function follow() {
  if (isPaused || document.hidden) rest();
  else {
    ask();
    listen();
  }
}

button.addEventListener("click", () => {
  isPaused = !isPaused;
  button.textContent = isPaused ? words.resume : words.pause;
  follow();
});
// A page that nobody looks at takes no stream from one that is looked at.
document.addEventListener("visibilitychange", follow);
window.addEventListener("pagehide", () => source?.close());
sign.hidden = false;
follow();
