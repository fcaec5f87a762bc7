import type { Dialect } from './obs-dialect.ts';

/** The storage classes of objects and buckets (API reference obs_04_0044). */
export const STORAGE_CLASSES = ['STANDARD', 'WARM', 'COLD'] as const;

export type StorageClass = (typeof STORAGE_CLASSES)[number];

/** The names in the dialect of S3 (esdk-obs-nodejs 3.26.8). */
const S3_NAMES: Readonly<Record<StorageClass, string>> = { STANDARD: 'STANDARD', WARM: 'STANDARD_IA', COLD: 'GLACIER' };

/** Reads a name of either dialect; undefined for an unknown class. */
export function readStorageClass(name: string): StorageClass | undefined {
  return STORAGE_CLASSES.find((one) => one === name || S3_NAMES[one] === name);
}

export function storageClassName(storageClass: StorageClass, { scheme }: Dialect): string {
  return scheme === 'AWS' ? S3_NAMES[storageClass] : storageClass;
}
