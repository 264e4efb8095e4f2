// The applicant's form. What is typed is kept on this phone, except the document's number, until it is sent.
// Without network each form waits here in a queue, under a key made once, and is sent by itself: never twice,
// and one after another's form loses neither.
// Nothing here needs a secure context.
"use strict";

(() => {
  const form = document.querySelector("[data-join]");
  if (!form) return;
  const DRAFT = "join-draft";
  const UNSENT = "join-unsent-forms";
  const RETRY = 15000; // milliseconds
  const NEVER_KEPT = new Set(["identity", "consent", "csrfmiddlewaretoken", "key", "secret", "filled_at", "from", "worded"]);
  const NOT_TAKEN_OVER = new Set(["csrfmiddlewaretoken", "filled_at", "worded"]);
  const status = document.querySelector("[data-join-status]");
  const fresh = form.getAttribute("action") === "/join";

  const store = {
    get(name) {
      try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
    },
    set(name, value) {
      try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
    },
    drop(name) {
      try { localStorage.removeItem(name); } catch { /* a browser that keeps nothing has nothing to drop */ }
    },
  };

  const say = (text, state) => {
    status.hidden = !text;
    status.dataset.state = state || "idle";
    status.querySelector("[data-join-text]").textContent = text;
  };

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // Only the questions that the answers so far leave open are shown.
  const show = () => {
    const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`)?.value || "";
    const employment = chosen("employment");
    const visible = {
      workplace: employment === "EMPLOYER" || employment === "PLATFORM",
      site: employment === "PLATFORM",
      area: employment !== "",
      proxy: chosen("filled_by") === "PROXY",
    };
    for (const [name, on] of Object.entries(visible)) {
      form.querySelector(`[data-field="${name}"]`).hidden = !on;
    }
  };

  const values = () => Array.from(new FormData(form).entries()).filter(([, value]) => typeof value === "string");

  const keep = () => {
    if (fresh) store.set(DRAFT, values().filter(([name]) => !NEVER_KEPT.has(name)));
  };

  const restore = () => {
    // What was saved is whole; another's letters left on this phone do not belong into it.
    const whole = form.querySelector(".errors li, [data-saved]");
    if (!fresh || whole) return;
    // A page that was kept for use without network is opened many times with the same keys in it.
    newKeys();
    const draft = store.get(DRAFT);
    for (const [name, value] of draft || []) {
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) field.value = value;
      else if (field && !field.value) field.value = value;
    }
    if (draft?.some(([, value]) => value)) say(form.dataset.wordSaved);
  };

  const showErrors = (errors) => {
    for (const place of form.querySelectorAll("[data-errors]")) place.textContent = "";
    let first = null;
    const rest = [];
    for (const [name, texts] of Object.entries(errors)) {
      const place = form.querySelector(`[data-field="${name}"] [data-errors]`);
      if (!place) { rest.push(...texts); continue; }
      for (const text of texts) {
        const line = document.createElement("li");
        line.textContent = text;
        place.append(line);
      }
      first = first || place.closest("[data-field]");
    }
    const more = Object.keys(errors).length > 1 ? form.dataset.wordErrors : "";
    say(more || rest.join(" "), "error");
    (first || status).scrollIntoView({ block: "center" });
  };

  // What was sent from here while this page stood open, with the way to each.
  const showSent = (name, where) => {
    const list = document.querySelector("[data-join-sent]");
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = where;
    link.textContent = name;
    line.append(link);
    list.append(line);
    list.closest("[hidden]")?.removeAttribute("hidden");
  };

  const untouched = () => ["name", "identity", "phone"].every((name) => !form.elements[name].value.trim());

  const fillIn = (entries) => {
    for (const [name, value] of entries) {
      const field = form.elements.namedItem(name);
      if (field instanceof RadioNodeList) field.value = value;
      else if (field?.type === "checkbox") field.checked = true;
      else if (field && !NOT_TAKEN_OVER.has(name)) field.value = value;
    }
    show();
  };

  const newKeys = () => {
    form.elements.key.value = newKey();
    form.elements.secret.value = newKey();
  };

  // Empty for the next person at this desk; the code that was scanned stays.
  const nextForm = () => {
    form.reset();
    for (const field of form.elements) if (["text", "tel"].includes(field.type)) field.value = "";
    form.elements.filled_at.value = "";
    newKeys();
    store.drop(DRAFT);
    show();
    window.scrollTo(0, 0);
  };

  const post = (entries) => {
    const body = new URLSearchParams(entries);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return fetch(form.getAttribute("action"), {
      method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "follow",
    });
  };

  // A page that was kept for use without network has no token; after signing in it is another one.
  const renewToken = async () => {
    const page = await (await fetch(location.pathname + location.search)).text();
    const field = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]");
    form.elements.csrfmiddlewaretoken.value = field.value;
  };

  const send = async (entries) => {
    if (!form.elements.csrfmiddlewaretoken.value) await renewToken();
    let response = await post(entries);
    if (response.status === 403) {
      await renewToken();
      response = await post(entries);
    }
    if (response.status === 201) return { where: (await response.json()).where };
    if (response.status === 422) return { errors: (await response.json()).errors };
    if (response.redirected) return { where: response.url };
    throw new Error(`answered ${response.status}`);
  };

  let waiting = null;

  const unsent = () => store.get(UNSENT) || [];
  // By its key, for another open page may have sent it at the same time: neither takes away what comes after it.
  const keyOf = (entries) => new Map(entries).get("key");
  const done = (entries) => store.set(UNSENT, unsent().filter((other) => keyOf(other) !== keyOf(entries)));
  const sayUnsent = () => say(form.dataset.wordKept.replace("{n}", unsent().length));
  const later = () => { clearTimeout(waiting); waiting = setTimeout(sendUnsent, RETRY); };
  let sending = false;

  const sendUnsent = async () => {
    if (sending || !unsent().length) return;
    sending = true;
    const empty = untouched();
    let arrived = null, sent = 0;
    try {
      for (let queue = unsent(); queue.length; queue = unsent()) {
        const [entries] = queue;
        const answer = await send(entries);
        if (answer.errors) {
          // It is put right here; while somebody fills in another form it goes on waiting.
          if (!untouched()) { say(form.dataset.wordFinish, "error"); return; }
          done(entries);
          fillIn(entries);
          showErrors(answer.errors);
          return;
        }
        done(entries);
        arrived = answer.where;
        sent += 1;
        showSent(new Map(entries).get("name"), answer.where);
      }
      say("");
      if (sent === 1 && empty && untouched()) location.assign(arrived);
    } catch {
      sayUnsent();
      later();
    } finally {
      sending = false;
    }
  };

  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name === "save") return; // saving needs the network and goes the ordinary way
    event.preventDefault();
    const button = form.querySelector("[data-send]");
    button.disabled = true;
    say(form.dataset.wordSending);
    form.elements.filled_at.value = form.elements.filled_at.value || new Date().toISOString();
    const entries = values();
    try {
      const answer = await send(entries);
      if (answer.errors) {
        form.elements.filled_at.value = "";
        showErrors(answer.errors);
      } else {
        store.drop(DRAFT);
        location.assign(answer.where);
      }
    } catch {
      if (fresh && store.set(UNSENT, [...unsent(), entries])) {
        nextForm();
        sayUnsent();
        later();
      } else {
        form.submit();
      }
    } finally {
      button.disabled = false;
    }
  });

  let asked = null;
  form.elements.workplace.addEventListener("input", () => {
    clearTimeout(asked);
    const text = form.elements.workplace.value.trim();
    const employer = form.querySelector('input[name="employment"]:checked')?.value === "EMPLOYER";
    if (!employer || text.length < 2) return;
    asked = setTimeout(async () => {
      try {
        const response = await fetch(`${form.dataset.employers}?q=${encodeURIComponent(text)}`);
        const list = document.getElementById("employers");
        list.replaceChildren(...(await response.json()).employers.map((name) => new Option(name, name)));
      } catch { /* without proposals the name is typed out */ }
    }, 250);
  });

  form.addEventListener("input", (event) => {
    const said = event.target.closest("[data-field]")?.querySelector("[data-errors]");
    if (said) said.textContent = "";
    show();
    keep();
  });
  window.addEventListener("online", sendUnsent);
  restore();
  show();
  sendUnsent();
})();
