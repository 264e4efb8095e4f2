// A steward's round. What is entered is kept on this phone under a key made with the draft, a photo with it, and
// is sent once: without network it waits here, and is sent by itself when there is one again.
// A photo is made smaller here, which leaves out where it was taken; the server does so once more.
// Only scanning needs a secure context, and where it is missing codes are typed in.
"use strict";

(() => {
  const page = document.querySelector("[data-round]");
  if (!page) return;
  const RETRY = 15000; // milliseconds
  const EDGE = 1600; // pixels of a photo that is sent
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "photo"]);
  const status = document.querySelector("[data-status]");
  const list = document.querySelector("[data-unsent]");
  const words = status.dataset;
  const account = page.dataset.account;

  const say = (text, state) => {
    status.hidden = !text;
    status.dataset.state = state || "idle";
    status.querySelector("[data-text]").textContent = text;
  };
  const put = (text, values) => Object.entries(values).reduce((made, [name, value]) => made.replace(`{${name}}`, value), text);
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // Drafts: what is typed, by where it is sent; their keys stay with them.
  const draftOf = (form) => `round-draft:${account}:${form.getAttribute("action")}`;
  const drafts = {
    get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* typed again, then */ } },
    drop(name) { try { localStorage.removeItem(name); } catch { /* nothing is kept there */ } },
  };

  // What waits to be sent, with its photo: one record for each key.
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("unionhall-round", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("unsent", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  opened.catch(() => {});
  const kept = async (mode, work) => {
    const base = await opened;
    return new Promise((resolve, reject) => {
      const change = base.transaction("unsent", mode);
      const asked = work(change.objectStore("unsent"));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  };
  const keep = (record) => kept("readwrite", (store) => store.put(record));
  const drop = (key) => kept("readwrite", (store) => store.delete(key));
  const unsent = async () => {
    try {
      return (await kept("readonly", (store) => store.getAll())).filter((one) => one.account === account).sort((a, b) => a.made - b.made);
    } catch { return []; }
  };

  const smaller = async (file) => {
    if (!file || !file.size) return null;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const part = Math.min(1, EDGE / Math.max(picture.width, picture.height));
      const sheet = document.createElement("canvas");
      sheet.width = Math.round(picture.width * part);
      sheet.height = Math.round(picture.height * part);
      sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
      return await new Promise((resolve) => sheet.toBlob((made) => resolve(made || file), "image/jpeg", 0.8));
    } catch { return file; }
  };

  // 201 is the only answer that says it was taken; a sign-in page is none.
  const send = async (record) => {
    const body = new FormData();
    for (const [name, value] of record.entries) body.append(name, value);
    body.append("csrfmiddlewaretoken", document.querySelector('[name="csrfmiddlewaretoken"]')?.value || tokenInside());
    if (record.photo) body.append("photo", record.photo, "photo.jpg");
    const response = await fetch(record.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (response.status === 201) return response.json().catch(() => ({}));
    if (response.status === 422) return { errors: (await response.json()).errors };
    if (response.status === 404) return { errors: { __all__: [words.wordGone] } };
    if (response.redirected || response.status === 403) return { signIn: true };
    throw new Error(`answered ${response.status}`);
  };
  const tokenInside = () => document.querySelector("template[data-visit]")?.content.querySelector('[name="csrfmiddlewaretoken"]').value || "";

  const mark = (action, state) => {
    const stop = document.querySelector(`[data-stop="${CSS.escape(action)}"]`);
    if (stop) { stop.classList.remove("waits", "done"); if (state) stop.classList.add(state); }
  };

  const showErrors = (form, errors) => {
    for (const place of form.querySelectorAll("[data-errors]")) place.replaceChildren();
    for (const [name, texts] of Object.entries(errors)) {
      const place = form.querySelector(`[data-field="${name}"] [data-errors]`) || form.querySelector("[data-errors]");
      place.append(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    }
    form.querySelector("[data-errors] li")?.scrollIntoView({ block: "center" });
  };

  const showUnsent = async () => {
    const waiting = await unsent();
    list.hidden = !waiting.length;
    list.replaceChildren(...waiting.map((one) => {
      const line = document.createElement("li");
      line.className = "stop waits";
      const who = Object.assign(document.createElement("strong"), { textContent: one.name });
      line.append(who);
      if (one.why) {
        const why = Object.assign(document.createElement("p"), { textContent: one.why });
        const again = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain", textContent: words.wordOpen });
        again.addEventListener("click", async () => {
          // It becomes a draft of its own page again, under a new key: the former was never taken.
          drafts.set(`round-draft:${account}:${one.action}`, one.entries.filter(([name]) => name !== "key"));
          await drop(one.key);
          location.assign(one.action);
        });
        const away = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain", textContent: words.wordDrop });
        away.addEventListener("click", async () => { await drop(one.key); showUnsent(); });
        line.append(why, again, away);
      }
      mark(one.action, "waits");
      return line;
    }));
    return waiting;
  };

  let timer = null, sending = false;
  const later = () => { clearTimeout(timer); timer = setTimeout(sendUnsent, RETRY); };
  const sendUnsent = async () => {
    if (sending) return;
    sending = true;
    try {
      for (const one of await unsent()) {
        if (one.why) continue;
        const answer = await send(one);
        if (answer.signIn) { say(words.wordSignIn, "error"); return; }
        if (answer.errors) {
          const why = Object.values(answer.errors).flat().join(" ");
          await keep({ ...one, why });
          say(put(words.wordRefused, { name: one.name, why }), "error");
          continue;
        }
        await drop(one.key);
        mark(one.action, "done");
        say(put(words.wordSent, { name: one.name }), "sent");
      }
    } catch {
      const waiting = (await unsent()).length;
      if (waiting) say(put(words.wordKept, { n: waiting }));
      later();
    } finally {
      sending = false;
      showUnsent();
    }
  };

  const values = (form) => Array.from(new FormData(form).entries()).filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));

  const restore = (form) => {
    const draft = form.querySelector("[data-errors] li") ? null : drafts.get(draftOf(form));
    for (const [name, value] of draft || []) {
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) field.value = value;
      else if (field) field.value = value;
    }
  };

  // What is to be said on the page that one is led to.
  const ARRIVING = "round-said";
  const arrive = () => {
    try {
      const told = JSON.parse(sessionStorage.getItem(ARRIVING));
      sessionStorage.removeItem(ARRIVING);
      if (told && told.at === location.pathname) say(told.said, "sent");
    } catch { /* nothing to say, then */ }
  };

  const done = (form, said) => {
    drafts.drop(draftOf(form));
    if (form.closest("[data-stop]")) {
      mark(form.getAttribute("action"), "done");
      say(words.wordNoted, "sent");
      form.remove();
    } else {
      try { sessionStorage.setItem(ARRIVING, JSON.stringify({ at: page.dataset.home, said })); } catch { /* it is noted all the same */ }
      location.assign(page.dataset.home);
    }
  };

  const attach = (form) => {
    restore(form);
    form.addEventListener("input", () => drafts.set(draftOf(form), values(form)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("[data-send]");
      button.disabled = true;
      say(words.wordSending);
      const name = form.dataset.name || form.elements.namedItem("name")?.value || "";
      const record = {
        key: form.elements.key.value, account, made: Date.now(), action: form.getAttribute("action"), name,
        entries: values(form), photo: await smaller(form.elements.namedItem("photo")?.files[0]),
      };
      try {
        const answer = await send(record);
        if (answer.signIn) throw new Error("signed out");
        if (answer.errors) { say(""); showErrors(form, answer.errors); } else done(form, answer.said);
      } catch {
        try {
          await keep(record);
          drafts.drop(draftOf(form));
          const waiting = await showUnsent();
          say(put(words.wordKept, { n: waiting.length }));
          if (form.closest("[data-stop]")) form.remove();
          else { form.reset(); form.elements.key.value = newKey(); window.scrollTo(0, 0); }
          later();
        } catch { say(words.wordFull, "error"); }
      } finally {
        button.disabled = false;
      }
    });
  };

  for (const form of document.querySelectorAll("form[data-kept]")) attach(form);

  // On the round the form opens in its stop, so that a whole round can be noted without network.
  const template = document.querySelector("template[data-visit]");
  for (const stop of template ? document.querySelectorAll("[data-stop]") : []) {
    const link = stop.querySelector("a.who");
    if (!link) continue; // it holds a form of its own
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const open = stop.querySelector("form");
      if (open) { open.remove(); return; }
      const form = template.content.firstElementChild.cloneNode(true);
      form.setAttribute("action", stop.dataset.stop);
      form.dataset.name = link.dataset.name;
      form.elements.key.value = newKey();
      // Several forms may be open: each label belongs to the field beside it.
      for (const field of form.querySelectorAll("[id]")) field.id = `${field.id}-${form.elements.key.value}`;
      for (const label of form.querySelectorAll("label[for]")) label.htmlFor = `${label.htmlFor}-${form.elements.key.value}`;
      stop.append(form);
      attach(form);
      say(words.wordSaved);
    });
  }

  // The licence's QR code, from a picture, where the browser can read one.
  if ("BarcodeDetector" in window) {
    for (const scan of document.querySelectorAll("[data-scan]")) {
      scan.hidden = false;
      scan.querySelector("input").addEventListener("change", async (event) => {
        const field = scan.dataset.into ? scan.closest("form").elements.namedItem(scan.dataset.into) : scan.closest("form").querySelector('[name="q"]');
        try {
          const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(event.target.files[0]));
          if (!found.length) { say(words.wordUnread, "error"); return; }
          field.value = found[0].rawValue;
          if (!scan.dataset.into) scan.closest("form").requestSubmit();
          else field.dispatchEvent(new Event("input", { bubbles: true }));
        } catch { say(words.wordUnread, "error"); }
      });
    }
  }

  window.addEventListener("online", sendUnsent);
  arrive();
  showUnsent().then(sendUnsent);
})();
