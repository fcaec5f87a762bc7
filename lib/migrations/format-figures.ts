/** The available figures, in one line. */
export function formatFigures(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ') || 'no figures yet';
}

/** A number with at most one decimal. */
export function formatFigure(value: number): string {
  return String(Math.round(value * 10) / 10);
}
