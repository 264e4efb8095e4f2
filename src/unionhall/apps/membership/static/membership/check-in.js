// Checking in. The key is made once on this phone for each session, so that a second press, or a page that is
// sent again when the network is back, is the same check-in. Nothing here needs a secure context.
"use strict";

(() => {
  const form = document.querySelector("[data-check-in]");
  if (!form || !form.querySelector("[data-send]")) return;
  const NAME = `check-in:${form.dataset.checkIn}`;
  const RETRY = 15000; // milliseconds
  const status = document.querySelector("[data-check-in-status]");

  const say = (text, state) => {
    status.hidden = !text;
    status.dataset.state = state;
    status.textContent = text;
  };
  const kept = () => {
    try { return JSON.parse(localStorage.getItem(NAME)); } catch { return null; }
  };
  const keep = (value) => {
    try { localStorage.setItem(NAME, JSON.stringify(value)); } catch { /* the page's own key serves */ }
  };
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const mine = kept() || { key: newKey(), sent: false };
  keep(mine);
  form.elements.key.value = mine.key;
  if (mine.sent) {
    say(form.dataset.wordDone, "received");
    for (const part of form.querySelectorAll("[data-send], .field")) part.hidden = true;
  }

  let waiting = null;
  const send = async () => {
    clearTimeout(waiting);
    try {
      const response = await fetch(form.getAttribute("action") || location.pathname, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, credentials: "same-origin",
      });
      if (response.status === 422) { say((await response.json()).said, "error"); return; }
      if (response.status !== 201) throw new Error(`answered ${response.status}`);
      keep({ ...mine, sent: true });
      // The ordinary form shows what comes next; under the same key it changes nothing.
      form.submit();
    } catch {
      say(form.dataset.wordKept, "idle");
      waiting = setTimeout(send, RETRY);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.elements.scanned_at.value = form.elements.scanned_at.value || new Date().toISOString();
    send();
  });
  window.addEventListener("online", () => { if (form.elements.scanned_at.value && !kept()?.sent) send(); });
})();
