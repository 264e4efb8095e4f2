// Checking in. The key is made once on this phone for each session, so that a second press, or a page that is
// sent again when the network is back, is the same check-in. What could not be sent is kept until it is, though
// the page be closed meanwhile. Nothing here needs a secure context.
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

  let mine = kept() || { key: newKey(), sent: false };
  keep(mine);
  form.elements.key.value = mine.key;
  if (mine.sent) {
    say(form.dataset.wordDone, "received");
    for (const part of form.querySelectorAll("[data-send], .field")) part.hidden = true;
  }

  const post = () => fetch(form.getAttribute("action") || location.pathname, {
    method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, credentials: "same-origin",
  });

  // A page that was kept for use without network has no token; after signing in it is another one.
  const renewToken = async () => {
    const page = await (await fetch(location.pathname)).text();
    const field = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]");
    form.elements.csrfmiddlewaretoken.value = field.value;
  };

  let waiting = null;
  const send = async () => {
    clearTimeout(waiting);
    try {
      if (!form.elements.csrfmiddlewaretoken.value) await renewToken();
      let response = await post();
      if (response.status === 403) {
        await renewToken();
        response = await post();
      }
      if (response.status === 422) {
        const { said } = await response.json();
        mine = { key: mine.key, sent: false };
        keep(mine);
        say(said, "error");
        return;
      }
      if (response.status !== 201) throw new Error(`answered ${response.status}`);
      keep({ key: mine.key, sent: true });
      // The ordinary form shows what comes next; under the same key it changes nothing.
      form.submit();
    } catch {
      say(form.dataset.wordKept, "idle");
      waiting = setTimeout(send, RETRY);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mine = { ...mine, at: mine.at || form.elements.scanned_at.value || new Date().toISOString(), phone: form.elements.phone.value };
    keep(mine);
    form.elements.scanned_at.value = mine.at;
    send();
  });
  const again = () => { if (mine.at && !kept()?.sent) send(); };
  window.addEventListener("online", again);
  if (mine.at && !mine.sent) {
    form.elements.phone.value = mine.phone;
    form.elements.scanned_at.value = mine.at;
    again();
  }
})();
