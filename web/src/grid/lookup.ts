import type { Grid } from "./decode";

/** The value of a cell, or null where the grid holds none. Cells ascend, so this is a binary search. */
export function valueOf(grid: Pick<Grid, "cells" | "values">, cell: bigint): number | null {
  let low = 0;
  let high = grid.cells.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = grid.cells[middle] as bigint;
    if (found === cell) return grid.values[middle] as number;
    if (found < cell) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}
