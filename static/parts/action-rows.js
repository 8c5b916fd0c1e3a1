// Finds the row of an action on the page, also one that was just added or moved.
const OPPOSITE = { up: "down", down: "up" };

const onceDrawn = (uid, use) =>
  requestAnimationFrame(() => {
    const row = document.getElementById(`rl-action-${uid}`);
    if (!row) return;
    use(row);
    row.scrollIntoView({ block: "nearest" });
  });

export const showAction = (uid) => onceDrawn(uid, () => {});

// Keeps the focus on the button that moved a row, so that it can be pressed again.
export const focusMoved = (uid, step) =>
  onceDrawn(uid, (row) => {
    const wanted = step < 0 ? "up" : "down";
    const find = (direction) => row.querySelector(`:scope > .rl-action-head [data-move="${direction}"]:not(:disabled)`);
    (find(wanted) ?? find(OPPOSITE[wanted]))?.focus();
  });
