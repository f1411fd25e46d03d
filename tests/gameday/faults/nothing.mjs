// Nothing happens, for as long as the longest "for" of a rate's alert and its window: no alert may fire.
export default [{ name: 'nothing', says: 'nothing happens', minutes: 11, lasts: 600 }];
