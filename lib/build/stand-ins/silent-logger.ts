const ignore = (): void => {};

/** Replaces the SDK's logger, which writes coloured text to stdout and is turned off anyway (`lib/cloud/transport/sdk-client.ts`). Logs nothing. */
export const Logger4jInstance = { level: 'off', debug: ignore, info: ignore, warn: ignore, error: ignore };
