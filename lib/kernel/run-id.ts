/** The id of a run: 32 hex digits. */
export const RUN_ID = /^[0-9a-f]{32}$/;
