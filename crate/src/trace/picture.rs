//! A trace in columns of text, one for each thread and time downwards: the picture of the commit message.

use super::{Trace, TraceStep};

/// Columns of text for one thread; longer lines wrap.
const WIDTH: usize = 46;

impl Trace {
    /// The picture, ready to be printed in a fixed-width font.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.line(&mut text, |lane| vec![format!("{}: {}", self.threads[lane].name, self.threads[lane].function)]);
        self.line(&mut text, |_| vec!["-".repeat(WIDTH - 2)]);
        if !self.complete {
            self.line(&mut text, |_| vec!["(the record does not reach back further)".to_owned()]);
        }
        for step in &self.steps {
            self.line(&mut text, |lane| if lane == step.thread { wrap(&sentence(step)) } else { Vec::new() });
        }
        text
    }

    /// One row: each lane's cell may be several lines high.
    fn line(&self, text: &mut String, cell: impl Fn(usize) -> Vec<String>) {
        let cells: Vec<Vec<String>> = (0..self.threads.len()).map(cell).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..height {
            let line: String = cells.iter().map(|cell| format!("{:WIDTH$}", cell.get(row).map_or("", |l| l))).collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}

/// The step with its values: "load ring->head in frame 3 -> 17", "store ring->head in frame 3 = 25  <- lost".
fn sentence(step: &TraceStep) -> String {
    let mut sentence = step.label.clone();
    if let Some(value) = &step.writes {
        sentence += &format!(" = {value}");
    } else if let Some(value) = &step.reads {
        sentence += &format!(" -> {value}");
    }
    if let Some(note) = &step.note {
        sentence += &format!("   <- {note}");
    }
    sentence
}

/// Breaks at blanks; what is continued is indented.
fn wrap(sentence: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if !line.trim().is_empty() && line.len() + 1 + word.len() > WIDTH - 2 {
            lines.push(format!("    {word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::Lane;
    use super::*;

    fn step(thread: usize, label: &str) -> TraceStep {
        TraceStep {
            thread,
            role: String::new(),
            label: label.to_owned(),
            source: String::new(),
            reads: None,
            writes: None,
            note: None,
            lost: false,
        }
    }

    #[test]
    fn each_thread_has_its_column_and_values_stand_behind_their_step() {
        let lane = |name: &str, function: &str| Lane {
            name: name.to_owned(),
            role: String::new(),
            function: function.to_owned(),
        };
        let trace = Trace {
            scenario: "race".to_owned(),
            protocol: "linux-3.12".to_owned(),
            threads: vec![lane("migrator 1", "aio_migratepage()"), lane("reader 1", "aio_read_events_ring()")],
            steps: vec![
                TraceStep { reads: Some("17".to_owned()), ..step(1, "load ring->head in frame 3") },
                step(0, "copy frame 3 to frame 5"),
                TraceStep {
                    writes: Some("25".to_owned()),
                    note: Some("lost".to_owned()),
                    lost: true,
                    ..step(1, "store ring->head in frame 3")
                },
            ],
            complete: true,
        };
        let dashes = "-".repeat(44);
        let expected = format!(
            "{:46}reader 1: aio_read_events_ring()\n{dashes}  {dashes}\n{:46}load ring->head in frame 3 -> 17\n\
             copy frame 3 to frame 5\n{:46}store ring->head in frame 3 = 25   <- lost\n",
            "migrator 1: aio_migratepage()", "", ""
        );
        assert_eq!(trace.to_text(), expected);
    }

    #[test]
    fn long_sentences_wrap_and_lose_nothing() {
        let long = "a sentence of many words that is longer than the column is wide, twice over if you count it all";
        let lines = wrap(long);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= WIDTH - 2));
        assert_eq!(lines.join(" ").split_whitespace().collect::<Vec<_>>(), long.split(' ').collect::<Vec<_>>());
    }
}
