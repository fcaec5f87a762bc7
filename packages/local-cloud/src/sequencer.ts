let sequence = 0;

/** The `sequencer` of a change to an object: 32 hex digits; larger for the later of two changes at different times or by this process. */
export function nextSequencer(timeMs: number): string {
  sequence += 1;
  return `${hex16(timeMs)}${hex16(sequence)}`;
}

function hex16(value: number): string {
  return value.toString(16).toUpperCase().padStart(16, '0');
}
