/**
 * Who draws in this frame of the screen. What the page draws it takes from the cores that the threads run on: a chart redrawn in
 * each of 60 frames a second says no more than in each of ten. So each work has a pace of its own, and a frame has one work at most.
 */

/**
 * @template Look
 * @typedef {{ everyMs: number, draw: (look: Look) => void }} Work  drawn at most once in `everyMs`
 */

/** @template Look  what a work is given */
export class Turns {
  #works;
  /** When each was drawn last. @type {number[]} */
  #drawn;

  /** @param {readonly Work<Look>[]} works */
  constructor(works) {
    this.#works = works;
    this.#drawn = works.map(() => -Infinity);
  }

  /** From here on each of them is due. */
  restart() {
    this.#drawn.fill(-Infinity);
  }

  /**
   * Draws the one that has been due for longest, in terms of its pace; nothing if none is due.
   *
   * @param {number} now  in ms
   * @param {Look} look
   */
  frame(now, look) {
    let next = -1;
    let most = 0;
    this.#works.forEach(({ everyMs }, k) => {
      const late = (now - (this.#drawn[k] ?? 0)) / everyMs;
      if (late < 1 || late <= most) return;
      most = late;
      next = k;
    });
    if (next < 0) return;
    this.#drawn[next] = now;
    this.#works[next]?.draw(look);
  }
}
