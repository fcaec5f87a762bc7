function refuse(): never {
  throw new Error('log4js is not in this bundle; functions log through lib/kernel/logger.ts');
}

/** In place of the package: the OBS SDK needs it only for a log file of its own, which nobody asks for. Both throw always. */
export const configure = refuse;
export const getLogger = refuse;
