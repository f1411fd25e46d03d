# The table of tests/load/compare, as Markdown, from its raw results.

def median: sort | length as $n | if $n == 0 then null elif $n % 2 == 1 then .[$n / 2 | floor] else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;

def columns: {
  "echo-100": "echo 125 B, 100 connections, 1 in flight",
  "echo-1": "echo 125 B, 1,000 connections, 1 in flight",
  "echo-16": "echo 125 B, 1,000 connections, 16 in flight",
  "echo-16k": "echo 16 KiB, 100 connections, 1 in flight",
  "fanout-1": "delivery, 1,000 subscribers, 1 publication in flight",
  "fanout-32": "delivery, 1,000 subscribers, 32 publications in flight",
  "wide-1": "delivery, 10,000 subscribers, 1 publication in flight",
  "wide-32": "delivery, 10,000 subscribers, 32 publications in flight",
  "rate-1k": "p99 of 50 publications a second to 1,000 subscribers, ms",
  "rate-10k": "p99 of 5 publications a second to 10,000 subscribers, ms",
  "idle": "idle connection with a subscription, B",
  "connect": "handshake"
};

# What a run measured: the node's CPU time for each, the slope of its memory, or a percentile. null: nothing, or the work was not done as it
# must be.
def measured:
  (if .work == "idle" then "^resident memory \\(B a connection\\)$" elif (.work | startswith("rate")) then "latency p99 \\(ms\\)$" else "node.s CPU \\(µs a " end) as $figure
  | (if .code == 0 then .report.figures else {} end) | to_entries | map(select(.key | test($figure))) | .[0].value;

# 3 digits, thousands apart.
def digits:
  if . >= 100 then (round | tostring | if length > 3 then .[:-3] + "," + .[-3:] else . end)
  elif . >= 10 then (. * 10 | round / 10 | tostring | if test("\\.") then . else . + ".0" end)
  else (. * 100 | round / 100 | tostring | (if test("\\.") then . else . + "." end) | (. + "00")[0:4])
  end;

def runs_of($results; $work; $peer): $results.runs | map(select(.work == $work and .peer == $peer) | . + {value: measured});

# The median of the ratios to floor in the same rounds.
def ratio($results; $work; $runs):
  (runs_of($results; $work; "floor") | map({key: "\(.round)", value: .value}) | from_entries) as $floor
  | $runs | map(select(.value != null and ($floor["\(.round)"] // 0) > 0) | .value / $floor["\(.round)"]) | median;

def cell($results; $work; $peer):
  runs_of($results; $work; $peer) as $runs
  | ($runs | map(.value | select(. != null)) | median) as $value
  | if ($runs | length) == 0 then "–"
    elif $value == null then "failed"
    else
      ratio($results; $work; $runs) as $ratio
      | ($value | digits)
        + (if $ratio == null or $peer == "floor" or $work == "idle" then "" else " (\($ratio | digits))" end)
        + (if ($runs | all(.code == 0)) then "" else " \\*" end)
    end;

. as $results
| ($results.peers | map(.peer) | index("floor") != null) as $has_floor
| ($results.works) as $works
| ([
    ["server"] + ($works | map(columns[.])),
    ($works | ["---"] + map("---:"))
  ] + ($results.peers | map(. as $peer | [$peer.title] + ($works | map(cell($results; .; $peer.peer)))))
  | map("| " + join(" | ") + " |") | join("\n")),
"",
"CPU time of the server's process and its children, in µs a message, delivery or handshake; and the time from publishing to receiving"
  + (if $has_floor then ", and in brackets its ratio to the floor's in the same round" else "" end)
  + ". Memory is resident memory, the slope from 1,000 to 18,000 connections. Medians of \($results.rounds) rounds"
  + (if ($works | index("idle")) then " (memory: \($results.idle_rounds))" else "" end)
  + ", \($results.duration) s each after half as long to warm up, the servers in turn in rotated order. "
  + "\($results.machine.cores) cores (\($results.machine.cpu)), \($results.machine.memory_gb) GB, \($results.machine.kernel), which the servers share with the load and with Redis."
  + (if $results.remark == "" then "" else " " + $results.remark end)
  + " –: the server cannot do this work, or its part in a comparison leaves it out.",
($results.left_out[] | "Left out: \(.why)."),
($results.runs | map(select(.code != 0)) | group_by([.peer, .work])[]
  | "\\* \(.[0].peer), \(.[0].work): \(length) of the runs "
    + "did not hold and do not count: \(map(if .report == null then "not measured" else (.report.checks // {} | to_entries | map(select(.value | not).key) | join(", ")) end) | unique | join("; ")).")
