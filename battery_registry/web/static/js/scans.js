// Sends each scan at once, in order, and keeps what could not be sent.
//
// A scanner types a code and ends it with Enter. The field is empty and focused again
// before the answer comes, so that nobody waits between two packs.

const form = document.getElementById("scan-form");
const field = document.getElementById("scan");
const list = document.getElementById("scan-list");
const last = document.getElementById("scan-last");
const gathered = document.getElementById(form.dataset.into || "-");
const KEPT = `scans:${location.pathname}`;
const STAGE = `gathered:${form.dataset.stage}`;
const RETRY_MS = 4000;
const TONES = { good: [[880, 0.09]], again: [[440, 0.12], [440, 0.12]], bad: [[196, 0.35]], unsent: [[330, 0.08]] };

let sound;
let isSending = false;
let later;

function play(mark) {
  try {
    sound ??= new AudioContext();
    let at = sound.currentTime;
    for (const [pitch, length] of TONES[mark]) {
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      tone.type = mark === "bad" ? "square" : "sine";
      tone.frequency.value = pitch;
      volume.gain.value = 0.15;
      tone.connect(volume).connect(sound.destination);
      tone.start(at);
      tone.stop(at + length);
      at += length + 0.06;
    }
  } catch {
    // Shape and words say it as well.
  }
}

function find(key, none) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? none;
  } catch {
    return none;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store: what was scanned still stands on the page.
  }
}

function keep(scans) {
  store(KEPT, scans);
  document.getElementById("scan-unsent").textContent = scans.length;
}

let waiting = find(KEPT, []);

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function row(scan) {
  const found = document.getElementById(`scan-${scan.scan_id}`);
  if (found) return found;
  const made = document.createElement("li");
  made.id = `scan-${scan.scan_id}`;
  list.hidden = false;
  list.prepend(made);
  return made;
}

function tell(place, mark, code, words) {
  const shown = document.getElementById(`scan-mark-${mark}`).content.cloneNode(true);
  const number = document.createElement("span");
  number.className = "mono";
  number.textContent = code;
  place.replaceChildren(shown, " ", number, ` ${words}`);
}

function count(id, by) {
  const place = document.getElementById(id);
  if (place) place.textContent = Math.max(0, Number(place.textContent) + by);
}

function settle(scan, told) {
  waiting = waiting.filter((each) => each.scan_id !== scan.scan_id);
  keep(waiting);
  tell(row(scan), told.mark, told.code, told.words);
  tell(last, told.mark, told.code, told.words);
  play(told.mark);
  if (!told.counts) return;
  count("scan-count", 1);
  if (told.mark === "good") count("scan-waiting", -1);
  if (gathered) {
    gathered.value = `${gathered.value.trim()}\n${told.code}\n`.trimStart();
    store(STAGE, gathered.value);
  }
}

function postpone(scan, words) {
  tell(row(scan), "unsent", scan.scan, words);
  tell(last, "unsent", scan.scan, words);
  play("unsent");
  clearTimeout(later);
  later = setTimeout(send, RETRY_MS);
}

async function send() {
  if (isSending) return;
  isSending = true;
  try {
    while (waiting.length > 0) {
      const scan = waiting[0];
      if (!(await sendOne(scan))) break;
    }
  } finally {
    isSending = false;
  }
}

async function sendOne(scan) {
  const before = gathered ? { before: gathered.value } : {};
  const body = new URLSearchParams({ ...scan, ...before, csrf_token: form.elements.csrf_token.value });
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    postpone(scan, form.dataset.unsent);
    return false;
  }
  if (!answer.ok) {
    const isOurs = answer.status < 500 && answer.status !== 429;
    postpone(scan, isOurs ? form.dataset.signIn : form.dataset.unsent);
    return false;
  }
  settle(scan, await answer.json());
  return true;
}

function gather() {
  const text = field.value.trim();
  field.value = "";
  field.focus();
  if (!text) return;
  const mass = form.elements.mass_kg;
  const scan = { scan: text, scan_id: newId(), ...(mass ? { mass_kg: mass.value } : {}) };
  if (mass) mass.value = "";
  waiting.push(scan);
  keep(waiting);
  send();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  gather();
});
window.addEventListener("online", send);
if (gathered) {
  // What was scanned outlives a closed page and an ended session.
  if (!gathered.value) gathered.value = find(STAGE, "");
  const codes = gathered.value.split("\n").filter((line) => line.trim());
  document.getElementById("scan-count").textContent = codes.length;
  gathered.addEventListener("input", () => store(STAGE, gathered.value));
  form.hidden = false;
  field.focus();
}
keep(waiting);
for (const scan of waiting) tell(row(scan), "unsent", scan.scan, form.dataset.unsent);
send();
