/** The id of a DCS instance or task, with or without dashes (both occur in API pages and Terraform's acceptance tests). */
export const DCS_ID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
