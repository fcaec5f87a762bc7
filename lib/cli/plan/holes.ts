import { randomBytes } from 'node:crypto';

/** Names in place of what is not known yet, in requests that are made by the real clients. */
export interface Holes {
  /** A stand-in that may become a part of a path, a header or a body. The same for the same name. */
  standIn(name: string): string;
  /** The text with `<name>` in place of each stand-in, however it was escaped. */
  show(text: string): string;
}

export function makeHoles(): Holes {
  // No value of an event is this by chance.
  const prefix = `hole-${randomBytes(8).toString('hex')}`;
  const names: string[] = [];
  return {
    standIn(name) {
      if (!names.includes(name)) names.push(name);
      return `${prefix}-${names.indexOf(name)}-`;
    },
    show: (text) => text.replaceAll(new RegExp(`${prefix}-(\\d+)-`, 'g'), (_, i: string) => `<${names[Number(i)]}>`),
  };
}
