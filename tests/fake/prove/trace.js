/**
 * The module's own Trace, whose links hold the schedule too. What is no such link is left to the real one, for its words.
 */
import { Trace as Recorded } from '../real-index.js';

export class Trace extends Recorded {
  toJSON() {
    return { ...this };
  }

  toURL(base = location.href) {
    return `${String(base).split('#')[0]}#trace=2.${btoa(JSON.stringify(this)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  }

  static fromURL(url) {
    const payload = /[#?&]trace=2\.([\w-]*)/.exec(String(url))?.[1];
    if (payload === undefined) return Recorded.fromURL(url);
    try {
      return new Trace(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))));
    } catch {
      return Recorded.fromURL('#trace=1.x');
    }
  }
}
