// Keeps the focus on the button that moved a row, so that it can be pressed again.
const OPPOSITE = { up: "down", down: "up" };

export const focusMoved = (uid, step) =>
  requestAnimationFrame(() => {
    const row = document.getElementById(`rl-action-${uid}`);
    const wanted = step < 0 ? "up" : "down";
    const find = (direction) => row?.querySelector(`:scope > .rl-action-head [data-move="${direction}"]:not(:disabled)`);
    (find(wanted) ?? find(OPPOSITE[wanted]))?.focus();
    row?.scrollIntoView({ block: "nearest" });
  });
