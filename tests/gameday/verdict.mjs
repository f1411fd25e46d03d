// What a row is worth, by what its fault has declared: `right`, or all of silent, late, wrong and noise that hold, each with why.
export function judge(fault, record) {
  const faults = [];
  const say = (verdict, why) => faults.push({ verdict, why });

  for (const name of Object.keys(fault.alerts ?? {})) {
    const alert = record.alerts.find(alert => alert.name === name), { within, ends } = { ...record.bounds[name], ...fault.alerts[name] };
    const { on, of, afterMend } = fault.alerts[name];
    const nodes = [...new Set(alert?.series.map(series => series.split(' ')[0]))].sort().join(' ');
    if (!alert) say('silent', `${name} has not fired within ${within} s`);
    else if (alert.after < 0) say('noise', `${name} fired ${-alert.after} s before the fault`);
    else if ((afterMend ? alert.after - record.broken : alert.after) > within) say('late', `${name} fired after ${alert.after} s, and should within ${within} s`);
    if (alert && on && nodes !== on) say('wrong', `${name} fired of ${nodes}, and should of ${on}`);
    if (alert && of && alert.series.length !== of) say('wrong', `${name} has the series ${alert.series.join('; ')}, and should have ${of}`);
    if (!alert || fault.alerts[name].ends === false) continue;
    if (alert.over === undefined) say('late', `${name} has not ended`);
    else if (alert.over > ends) say('late', `${name} ended ${alert.over} s after the mend, and should within ${ends} s`);
  }
  for (const { name, series, after } of record.alerts) {
    if (!fault.alerts?.[name] && !fault.allowed?.includes(name)) say('noise', `${name} (${series.join(', ')}) fired after ${after} s`);
  }

  for (const { what, truth, metric, off } of record.counts) {
    if (!(Math.abs(truth - metric) <= off)) say('wrong', `${what}: ${truth} in truth, ${metric} by the metrics`);
  }

  if (fault.explain) {
    const causes = record.explained?.causes?.map(cause => cause.code);
    if (!causes?.length) say('silent', `explain gave no cause: ${JSON.stringify(record.explained)}`);
    else if (![fault.explain.code].flat().includes(causes[0])) say('wrong', `explain names ${causes.join(', ')}, and not ${fault.explain.code} first`);
  }

  for (const id of fault.logs ?? []) {
    if (!record.log.some(event => event.id === id)) say('silent', `no line ${id} in the log`);
  }
  const expected = [...(fault.logs ?? []), ...(fault.mayLog ?? [])];
  for (const id of new Set(record.log.filter(event => /Error|Critical/.test(event.level) && !expected.includes(event.id)).map(event => event.id))) {
    say('noise', `an error in the log that is not of this fault: ${record.log.find(event => event.id === id).message.slice(0, 200)} (${id})`);
  }
  // What could be repeated without end is to come every ten seconds at most; twice that, as some lines count for each of several causes.
  const lines = new Map();
  for (const { node, id, level } of record.log) {
    if (/Warning|Error|Critical/.test(level)) lines.set(`${id} of ${node}`, (lines.get(`${id} of ${node}`) ?? 0) + 1);
  }
  for (const [line, times] of lines) {
    if (times > 5 + record.took / 5) say('noise', `line ${line} is in the log ${times} times within ${Math.round(record.took)} s`);
  }
  return faults;
}
