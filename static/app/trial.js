// Something is tried with every choice, and done when somebody says so.
import { useEffect, useRef, useState } from "../vendor/htm-preact.js";

// attempt(dryRun): resolves to the answer; null: nothing to try yet. What was chosen before comes too late and is dropped.
export const useTrial = (attempt, choices) => {
  const [state, setState] = useState({ answer: null, error: null, working: false });
  const asked = useRef(0);
  const run = async (dryRun) => {
    const number = ++asked.current;
    setState({ answer: null, error: null, working: Boolean(attempt) });
    if (!attempt) return;
    const found = await attempt(dryRun).then(
      (answer) => ({ answer, error: null }),
      (failure) => ({ answer: null, error: failure.message }),
    );
    if (number === asked.current) setState({ ...found, working: false });
  };
  useEffect(() => {
    run(true);
  }, choices);
  return { ...state, planned: state.answer?.report.is_dry_run ? state.answer.report : null, take: () => run(false) };
};
