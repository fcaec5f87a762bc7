const say = (): void => {};

/** In place of the SDK's logger, which writes in colours to stdout and is turned off anyway (`lib/cloud/transport/sdk-client.ts`). It says nothing. */
export const Logger4jInstance = { level: 'off', debug: say, info: say, warn: say, error: say };
