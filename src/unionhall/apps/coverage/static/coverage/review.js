// J, K and L press the buttons that say so; not while somebody types, and a key held down decides once.
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button && !button.disabled) {
    event.preventDefault();
    button.click();
    button.form.querySelectorAll("button").forEach((one) => { one.dataset.key = ""; });
  }
});
