/** The id of a project or an account. They are 32 hex digits; other sites may differ. */
export const PROJECT_ID = /^[A-Za-z0-9_-]{1,64}$/;
