/** Where our own server shows a picture from elsewhere, shrunk, so that a page loads nothing from strangers. */
export const previewPath = (address: string) => `/api/uploads/preview?url=${encodeURIComponent(address)}`;
