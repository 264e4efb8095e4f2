// A juror's score sheet. The draft stays on this phone until the server has answered; it is sent with a
// key made once, so that sending it again can never count twice. Nothing here needs a secure context.
// Storage holds scores, keys, numbers and receipts only: no names.
"use strict";

(() => {
  const RETRY = [1000, 2000, 4000, 8000];
  const LIMIT = 8000; // milliseconds before an attempt counts as cut off

  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // A store that survives a full or forbidden localStorage: the sheet then lives in this page only.
  const memory = {};
  const store = {
    get(name) {
      try {
        return JSON.parse(localStorage.getItem(name) ?? "null") ?? memory[name] ?? null;
      } catch {
        return memory[name] ?? null;
      }
    },
    set(name, value) {
      memory[name] = value;
      try {
        localStorage.setItem(name, JSON.stringify(value));
      } catch {
        /* kept in memory */
      }
    },
  };

  // Scores are whole numbers of a criterion's last digit, so that adding them is exact.
  const toUnits = (text, digits) => {
    const plain = text.normalize("NFKC").trim().replace("。", ".");
    const match = /^(\d{1,6})(?:\.(\d*))?$/.exec(plain);
    if (!match || (match[2] ?? "").length > digits) return null;
    return Number(match[1] + (match[2] ?? "").padEnd(digits, "0"));
  };
  const toText = (units, digits) => {
    const text = String(units).padStart(digits + 1, "0");
    return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
  };

  // The beginning of the commitment, which is the third line of the signed receipt.
  const codeOf = (receipt) => {
    const start = atob(receipt.split("\n")[2]).slice(0, 4);
    const hex = Array.from(start, (one) => one.charCodeAt(0).toString(16).padStart(2, "0")).join("").toUpperCase();
    return `${hex.slice(0, 4)}-${hex.slice(4)}`;
  };

  // The fields of a sheet: steppers, what is wrong with a figure, the total.
  class Fields {
    constructor(form) {
      this.form = form;
      this.words = form.dataset;
      this.inputs = [...form.querySelectorAll("input[data-criterion]")];
      this.total = form.querySelector("[data-total]");
      form.addEventListener("input", () => this.changed());
      form.addEventListener("click", (event) => this.step(event));
    }

    changed() {
      this.refresh();
    }

    step(event) {
      const button = event.target.closest("button[data-step]");
      if (!button) return;
      const input = this.inputs.find((one) => one.dataset.criterion === button.dataset.for);
      const digits = Number(input.dataset.digits);
      const [low, high, step] = ["min", "max", "step"].map((at) => toUnits(input.dataset[at], digits));
      const now = toUnits(input.value, digits);
      const next = now === null ? toUnits(input.dataset.start, digits) : now + step * Number(button.dataset.step);
      input.value = toText(Math.min(high, Math.max(low, next)), digits);
      this.changed();
    }

    // The problem of one field in words, or "" when it is fine.
    problem(input) {
      const digits = Number(input.dataset.digits);
      const value = toUnits(input.value, digits);
      if (input.value.trim() === "") return this.words.wordMissing;
      if (value === null) return this.words.wordDigits.replace("{digits}", digits);
      if (value < toUnits(input.dataset.min, digits) || value > toUnits(input.dataset.max, digits)) {
        return this.words.wordRange.replace("{min}", input.dataset.min).replace("{max}", input.dataset.max);
      }
      if ((value - toUnits(input.dataset.min, digits)) % toUnits(input.dataset.step, digits)) {
        return this.words.wordStep.replace("{step}", input.dataset.step);
      }
      return "";
    }

    refresh() {
      let total = 0;
      let complete = true;
      const places = Math.max(...this.inputs.map((input) => Number(input.dataset.digits) + 2));
      for (const input of this.inputs) {
        const digits = Number(input.dataset.digits);
        const value = toUnits(input.value, digits);
        const note = document.getElementById(`${input.id}-note`);
        const problem = input.value.trim() === "" ? "" : this.problem(input);
        note.textContent = problem;
        input.setAttribute("aria-invalid", problem ? "true" : "false");
        if (value === null) complete = false;
        else total += value * toUnits(input.dataset.factor, 2) * 10 ** (places - digits - 2);
      }
      const digits = Number(this.form.dataset.totalDigits);
      this.total.textContent = complete || total ? toText(Math.round(total / 10 ** (places - digits)), digits) : "–";
    }

    // Whether all of it can be sent; else the first problem is shown where it is.
    checked() {
      for (const input of this.inputs) {
        const problem = this.problem(input);
        if (problem) {
          document.getElementById(`${input.id}-note`).textContent = problem;
          input.setAttribute("aria-invalid", "true");
          input.focus();
          return false;
        }
      }
      return true;
    }
  }

  class Sheet extends Fields {
    constructor(form) {
      super(form);
      this.name = `unionhall:${form.dataset.seat}:${form.dataset.box}`;
      this.button = form.querySelector("button[type=submit]");
      this.status = document.querySelector("[data-sheet-status]");
      this.attempt = 0;
      this.sending = false;
      this.draft = store.get(this.name) ?? {};
      this.adoptServer();
      this.restore();
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.submit();
      });
      addEventListener("online", () => this.flush());
      document.addEventListener("visibilitychange", () => document.hidden || this.flush());
      this.refresh();
      this.flush();
    }

    // What the server knows wins over what this phone remembers having sent.
    adoptServer() {
      const number = this.form.dataset.number;
      if (number && Number(number) !== this.draft.number && !this.draft.pending) {
        const { revision, code } = this.form.dataset;
        this.draft = { number: Number(number), revision: Number(revision), code };
      }
    }

    restore() {
      const scores = this.draft.pending?.scores ?? this.draft.scores;
      if (!scores) return;
      for (const input of this.inputs) {
        if (scores[input.dataset.criterion] != null) input.value = scores[input.dataset.criterion];
      }
    }

    scores() {
      return Object.fromEntries(this.inputs.map((input) => [input.dataset.criterion, input.value.trim()]));
    }

    changed() {
      this.draft.scores = this.scores();
      store.set(this.name, this.draft);
      this.refresh();
    }

    refresh() {
      super.refresh();
      this.show();
    }

    show() {
      const { pending, number, revision, code, sealed } = this.draft;
      let state = "idle";
      let text = this.words.wordIdle;
      if (pending) {
        state = "phone";
        text = this.sending ? this.words.wordSending : this.words.wordPhone;
      } else if (sealed) {
        state = "sealed";
        text = this.words.wordSealed;
      } else if (number && !this.edited()) {
        state = "received";
        text = this.words.wordReceived
          .replace("{number}", number)
          .replace("{revision}", revision)
          .replace("{code}", code ?? "");
      } else if (this.draft.scores) {
        state = "phone";
        text = this.words.wordDraft;
      }
      if (this.error) text = this.error;
      this.status.dataset.state = this.error ? "error" : state;
      this.status.querySelector("[data-sheet-text]").textContent = text;
      this.button.disabled = Boolean(pending) || Boolean(sealed);
      this.button.textContent =
        number && !pending ? this.words.wordAgain : pending ? this.words.wordWaiting : this.words.wordSubmit;
      for (const input of this.inputs) input.readOnly = Boolean(pending) || Boolean(sealed);
    }

    edited() {
      const sent = this.draft.sent;
      return Boolean(this.draft.scores && sent && this.inputs.some((i) => sent[i.dataset.criterion] !== i.value.trim()));
    }

    submit() {
      if (this.draft.pending || this.draft.sealed || !this.checked()) return;
      this.error = "";
      // The key is made once with what is to be sent, and stored before the first attempt.
      this.draft.pending = { key: newKey(), base: this.draft.number ?? null, scores: this.scores() };
      store.set(this.name, this.draft);
      this.flush();
    }

    async flush() {
      const pending = this.draft.pending;
      if (!pending || this.sending) return;
      clearTimeout(this.timer);
      this.sending = true;
      this.show();
      const abort = new AbortController();
      const limit = setTimeout(() => abort.abort(), LIMIT);
      try {
        const response = await fetch(this.form.dataset.url, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          credentials: "same-origin",
          signal: abort.signal,
          body: JSON.stringify({ box: this.form.dataset.box, ...pending }),
        });
        const answer = await response.json();
        this.settle(response.status, answer);
      } catch {
        this.again();
      } finally {
        clearTimeout(limit);
        this.sending = false;
        this.show();
      }
    }

    again() {
      const wait = RETRY[Math.min(this.attempt, RETRY.length - 1)];
      this.attempt += 1;
      this.timer = setTimeout(() => this.flush(), wait * (0.75 + Math.random() / 2));
    }

    settle(status, answer) {
      if (status === 429 || status >= 500) {
        this.again();
        return;
      }
      this.attempt = 0;
      const pending = this.draft.pending;
      delete this.draft.pending;
      this.error = "";
      if (status === 200 || status === 201) {
        this.draft = {
          number: answer.number,
          revision: answer.revision,
          code: codeOf(answer.receipt),
          receipt: answer.receipt,
          scores: pending.scores,
          sent: pending.scores,
        };
        navigator.vibrate?.(60);
      } else {
        this.draft.scores = pending.scores;
        if (answer.code === "CLOSED") this.draft.sealed = true;
        if (answer.code === "STALE") this.draft.number = answer.number;
        this.error = answer.message;
      }
      store.set(this.name, this.draft);
    }

    seal() {
      if (this.draft.pending) return; // it is for the server to say whether it came in time
      this.draft.sealed = true;
      store.set(this.name, this.draft);
      this.show();
    }
  }

  // The page follows the desk: another speech, or scoring closed, brings the page that belongs to it.
  const follow = () => {
    const place = document.querySelector("[data-live-url]");
    let shown = null;
    if (place) {
      document.addEventListener("live:frame", (event) => {
        if (event.detail.name !== "juror") return;
        const { box, state } = JSON.parse(event.detail.data);
        const now = `${box}:${state}`;
        const form = document.querySelector("form[data-box]");
        const here = form ? `${form.dataset.box}:OPEN` : document.body.dataset.shown;
        if (form && form.dataset.box === box && state === "CLOSED") form.sheet.seal();
        if (shown !== now && now !== here && !form?.sheet.draft.pending) location.reload();
        shown = now;
      });
    }
  };

  for (const form of document.querySelectorAll("form[data-box]")) form.sheet = new Sheet(form);
  // A specimen talk's sheet is an ordinary form: it never counts, so no draft is kept.
  for (const form of document.querySelectorAll("form[data-calibration]")) {
    const fields = new Fields(form);
    fields.refresh();
    form.addEventListener("submit", (event) => fields.checked() || event.preventDefault());
  }
  follow();
})();
