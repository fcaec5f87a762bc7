function refuse(): never {
  throw new Error('log4js is not in this bundle; functions log through lib/kernel/logger.ts');
}

/** Replaces the package, which the OBS SDK needs only for its log file, which is not used. Both functions always throw. */
export const configure = refuse;
export const getLogger = refuse;
