/** A part of the console that the server no longer has, or not just now. */
export class NotLoaded extends Error {
  constructor(cause: unknown) {
    // The library reloads the whole page by itself for what browsers say here, and whatever was being typed is lost.
    super('a part of the console could not be fetched', { cause })
    this.name = 'NotLoaded'
  }
}
