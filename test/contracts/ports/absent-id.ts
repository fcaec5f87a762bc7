/** An id as the services give them, of nothing that is there. */
export const ABSENT = '11111111-2222-4333-8444-555555555555';
