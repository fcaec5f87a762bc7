import { randomBytes } from 'node:crypto';

/** Stand-ins for values that are not known yet, in requests built by the real clients. */
export interface StandIns {
  /** A stand-in that is safe in a path, a header or a body; always the same for the same name. */
  standIn(name: string): string;
  /** The string with `<name>` in place of each stand-in, however it was escaped. */
  show(text: string): string;
}

export function makeStandIns(): StandIns {
  // Random, so that no value of an event can match.
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
