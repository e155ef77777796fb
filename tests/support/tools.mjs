/** Finding programs. */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * @param {string} name of a program on the PATH, or its whole path
 * @param {string} [variable] of the environment, which may say where it is instead
 * @returns {string | undefined}
 */
export function tool(name, variable) {
  const chosen = (variable && process.env[variable]) || name;
  const places = isAbsolute(chosen) ? [chosen] : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, chosen));
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
