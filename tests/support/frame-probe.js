/**
 * Runs in a page before its own scripts: counts the page's frames and what each takes of the main thread. What the page asks of
 * `requestAnimationFrame` goes through here, so that drawing can be held back while all else goes on.
 *
 * A frame begins with its first callback and ends when a message that this callback posted arrives: rendering (style, layout,
 * paint, commit) belongs to the same task as the callbacks, so it lies in between. That is wall time: where threads outnumber
 * cores it has the time in it when the operating system ran others.
 */
(() => {
  const request = globalThis.requestAnimationFrame.bind(globalThis);
  const cancel = globalThis.cancelAnimationFrame.bind(globalThis);
  const { port1: sender, port2: receiver } = new MessageChannel();

  /** @typedef {{ time: number, begun: number, script: number, done: number }} Frame all in ms of `performance.now()`; `script` a length */
  /** @type {Frame[]} */
  let frames = [];
  let counting = false;
  let holding = false;
  /** What the page asked for while drawing was held back; ids below zero. @type {Map<number, FrameRequestCallback>} */
  const held = new Map();
  let lastHeld = 0;

  /** The frame whose message is on its way. @type {Frame | null} */
  let open = null;
  receiver.onmessage = () => {
    if (open) open.done = performance.now();
    open = null;
  };

  /** @param {number} time  @param {FrameRequestCallback} callback */
  function inFrame(time, callback) {
    const begun = performance.now();
    let frame = frames[frames.length - 1];
    if (counting && frame?.time !== time) {
      frame = { time, begun, script: 0, done: 0 };
      frames.push(frame);
      open = frame;
      sender.postMessage(null);
    }
    try {
      callback(time);
    } finally {
      if (counting && frame) frame.script += performance.now() - begun;
    }
  }

  globalThis.requestAnimationFrame = (callback) => {
    if (!holding) return request((time) => inFrame(time, callback));
    held.set((lastHeld -= 1), callback);
    return lastHeld;
  };
  globalThis.cancelAnimationFrame = (id) => {
    if (id < 0) held.delete(id);
    else cancel(id);
  };

  Object.assign(globalThis, {
    frameProbe: {
      /** Every frame of the next `ms`, also those in which the page does nothing. @param {number} ms  @returns {Promise<Frame[]>} */
      count(ms) {
        frames = [];
        counting = true;
        const until = performance.now() + ms;
        return new Promise((resolve) => {
          const tick = () => {
            if (performance.now() < until) return void request((time) => inFrame(time, tick));
            counting = false;
            resolve(frames);
          };
          request((time) => inFrame(time, tick));
        });
      },
      /**
       * @param {boolean} hold  whether what the page draws waits
       * @returns {Promise<void>} when what the page had asked for before has been drawn
       */
      hold(hold) {
        holding = hold;
        if (!hold) {
          for (const callback of held.values()) request((time) => inFrame(time, callback));
          held.clear();
        }
        return new Promise((resolve) => request(() => request(() => resolve())));
      },
      /** In every frame, of which the probe knows nothing. @param {() => void} work  @returns {() => void} ends it */
      each(work) {
        let next = request(function look() {
          next = request(look);
          work();
        });
        return () => cancel(next);
      },
    },
  });
})();
