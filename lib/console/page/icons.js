/** Paths in a 16×16 square. A state is shown by icon and word, never by colour alone. @type {Readonly<Record<string, string>>} */
const PATHS = {
  received: 'M8 2v7M5 6l3 3 3-3M2 10v4h12v-4',
  created: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 5v6M5 8h6',
  running: 'M13.5 8a5.5 5.5 0 1 1-2-4.2M13 1.5v3h-3',
  waiting: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 4.5V8l2.5 1.5',
  unknown: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M6 6.5a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9M8 11.4v.2',
  parked: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M6.3 5.5v5M9.7 5.5v5',
  stuck: 'M8 2L1.5 14h13zM8 6.5v4M8 12v.2',
  succeeded: 'M2.5 8.5l4 4 7-8',
  failed: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  rejected: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M4 4l8 8',
  superseded: 'M3 4l4 4-4 4M9 4l4 4-4 4',
  forgotten: 'M3 8h10',
  late: 'M8 2L1.5 14h13zM8 6.5v4M8 12v.2',
  unreadable: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  connected: 'M2.5 8.5l4 4 7-8',
  connecting: 'M3 8h.2M8 8h.2M13 8h.2',
  reconnecting: 'M13.5 8a5.5 5.5 0 1 1-2-4.2M13 1.5v3h-3',
  error: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  warning: 'M8 2L1.5 14h13zM8 6.5v4M8 12v.2',
};

const SVG = 'http://www.w3.org/2000/svg';

/** Hidden from screen readers, because a word is next to it. Unknown names get a dot. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', (Object.hasOwn(PATHS, name) ? PATHS[name] : undefined) ?? 'M8 8h.2');
  svg.append(path);
  return svg;
}
