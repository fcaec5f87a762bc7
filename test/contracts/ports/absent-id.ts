/** A valid id of nothing that exists. */
export const ABSENT = '11111111-2222-4333-8444-555555555555';
