/** The stage of everything that runs in the local system, and of what is deployed to it. */
export const LOCAL_STAGE = 'local';
