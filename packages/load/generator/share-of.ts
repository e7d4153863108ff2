/** What process `index` of `processes` takes of `total` things: shares differ by at most one and add up to `total`. */
export const shareOf = (total: number, index: number, processes: number): number =>
  Math.floor(total / processes) + (index < total % processes ? 1 : 0);
