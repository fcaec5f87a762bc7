/** OBS: an object key has 1 to 1024 bytes of UTF-8 (user guide obs_03_0315; API reference, PutObject). */
export const MAX_KEY_BYTES = 1024;
