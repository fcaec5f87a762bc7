import type { DcsTaskStats } from '../../ports/dcs.ts';
import { figuresLine, shortFigure } from '../figures-line.ts';

/**
 * The figures of an online migration as one line: `full 42.5 %, 1200 of 5000 keys, offset 0, 812 KB/s, 3400 ops/s`.
 *
 * A figure that the service does not give is left out; with none at all the line says so. The unit of the offset is not documented.
 */
export function dcsProgress(stats: DcsTaskStats): string {
  const { fullProgress, offset, sourceKeys, targetKeys, inputKbps, opsPerSecond } = stats;
  const keys =
    sourceKeys === undefined
      ? targetKeys === undefined
        ? undefined
        : `${targetKeys} keys in the target`
      : `${targetKeys ?? '?'} of ${sourceKeys} keys`;
  return figuresLine([
    fullProgress === undefined ? undefined : `full ${shortFigure(fullProgress)} %`,
    keys,
    offset === undefined ? undefined : `offset ${offset}`,
    inputKbps === undefined ? undefined : `${shortFigure(inputKbps)} KB/s`,
    opsPerSecond === undefined ? undefined : `${shortFigure(opsPerSecond)} ops/s`,
  ]);
}
