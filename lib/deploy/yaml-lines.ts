import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from '../kernel/errors.ts';

/** The line of a path in a YAML document, or of its nearest existing ancestor; 1 if there is none. */
export function yamlLines(text: string): (path: Problem['path']) => number {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, logLevel: 'silent' });
  return (path) => {
    let node: unknown = document.contents;
    let line = 1;
    for (const key of path) {
      let found: Node | undefined;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (!pair) return line;
        found = pair.key as Node;
        node = pair.value;
      } else if (isSeq(node)) {
        found = node.items[Number(key)] as Node | undefined;
        node = found;
      }
      if (!found?.range) return line;
      line = counter.linePos(found.range[0]).line;
    }
    return line;
  };
}
