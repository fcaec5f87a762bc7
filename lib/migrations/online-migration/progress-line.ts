import type { DcsTaskStats } from '../../ports/dcs.ts';
import { formatFigure, formatFigures } from '../format-figures.ts';

/**
 * The figures of an online migration as one line: `full 42.5 %, 1200 of 5000 keys, offset 0, 812 KB/s, 3400 ops/s`.
 *
 * A figure that the service does not return is left out; without any, the line says so. The unit of the offset is not documented.
 */
export function dcsProgress(stats: DcsTaskStats): string {
  const { fullProgress, offset, sourceKeys, targetKeys, inputKbps, opsPerSecond } = stats;
  const keys =
    sourceKeys === undefined
      ? targetKeys === undefined
        ? undefined
        : `${targetKeys} keys in the target`
      : `${targetKeys ?? '?'} of ${sourceKeys} keys`;
  return formatFigures([
    fullProgress === undefined ? undefined : `full ${formatFigure(fullProgress)} %`,
    keys,
    offset === undefined ? undefined : `offset ${offset}`,
    inputKbps === undefined ? undefined : `${formatFigure(inputKbps)} KB/s`,
    opsPerSecond === undefined ? undefined : `${formatFigure(opsPerSecond)} ops/s`,
  ]);
}
