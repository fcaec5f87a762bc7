/** An id of DCS, of an instance or a task: with dashes or without (API pages and Terraform's acceptance tests: both occur). */
export const DCS_ID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
