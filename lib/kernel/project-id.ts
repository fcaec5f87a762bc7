/** The id of a project or an account: 32 hex digits, though other sites may differ. */
export const PROJECT_ID = /^[A-Za-z0-9_-]{1,64}$/;
