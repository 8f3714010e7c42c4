"use strict";
// Turns the slides with the keys that a remote control sends too.
(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const forward = ["ArrowRight", "ArrowDown", "PageDown", " "];
  const back = ["ArrowLeft", "ArrowUp", "PageUp"];
  const middle = () => innerHeight / 2;
  const here = () => {
    const found = slides.findIndex((slide) => slide.getBoundingClientRect().bottom > middle());
    return found < 0 ? slides.length - 1 : found;
  };
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Keys that scroll a table or open its numbers stay theirs.
    if (event.target.closest("summary, [tabindex='0'], a, button")) return;
    const last = slides.length - 1;
    let wanted = -1;
    if (forward.includes(event.key)) wanted = Math.min(here() + 1, last);
    if (back.includes(event.key)) wanted = Math.max(here() - 1, 0);
    if (event.key === "Home") wanted = 0;
    if (event.key === "End") wanted = last;
    if (wanted < 0) return;
    event.preventDefault();
    slides[wanted].scrollIntoView();
    slides[wanted].focus({ preventScroll: true });
  });
})();
