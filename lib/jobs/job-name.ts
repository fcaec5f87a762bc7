/** The form of the name of a job, and of the label of a caller. */
export const JOB_NAME = /^[a-z][a-z0-9-]{0,39}$/;
