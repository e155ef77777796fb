/** Drawing while somebody points: what is pointed at stays under the pointer, whatever grows above it. */

/**
 * The browser's own scroll anchoring holds what is at the top of the window; the part that one is about to press may be further down.
 *
 * @param {readonly Element[]} parts  which may be pushed about
 * @param {() => void} draw
 */
export function steadily(parts, draw) {
  const held = parts.find((part) => part.matches(':hover')) ?? parts.find(hasFocusInSight);
  const before = held?.getBoundingClientRect().top ?? 0;
  draw();
  const moved = (held?.getBoundingClientRect().top ?? 0) - before;
  if (moved !== 0) scrollBy({ top: moved, behavior: 'instant' });
}

/** Whoever has left the focus behind looks at something else. @param {Element} part */
function hasFocusInSight(part) {
  const focused = part.querySelector(':focus');
  if (!focused) return false;
  const { top, bottom } = focused.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
