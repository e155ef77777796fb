//! What is explored: threads over a model, and what may not happen.

use crate::machine::model::{Body, Cells, Model};
use crate::machine::{Stuck, ThreadId};

/// A closed system: a few threads, the memory that they share, and what must hold.
///
/// It is executed many times over, on several host threads at once, and every execution must do the same under the same
/// schedule. What a thread keeps from one operation to the next lies in shared memory
/// ([`begin_operation`](crate::machine::Machine::begin_operation)).
pub trait Program: Sync {
    /// Number of threads.
    fn threads(&self) -> u32;

    /// What to call a thread.
    fn thread_name(&self, thread: ThreadId) -> String;

    /// Makes a fresh execution, and hands it to `visit`, once.
    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>));

    /// Whether something is wrong by now: cheap, and from shared words alone. It is noticed by the step of one thread, and
    /// once true it stays true, whatever follows; so whether an execution comes to it does not depend on the order of steps
    /// that have nothing to do with each other.
    fn is_broken(&self, memory: &Cells) -> bool {
        let _ = memory;
        false
    }

    /// Whether nothing that is asked about can come any more, whatever follows: then nothing is searched beyond. Cheap, from
    /// shared words alone, and it stays true, as with [`is_broken`](Self::is_broken).
    fn is_beside_the_point(&self, memory: &Cells) -> bool {
        let _ = memory;
        false
    }

    /// What is wrong, if anything is. Where threads are [stuck](Moment::Stuck), what they wait for is in their blocks
    /// ([`Model::publish_waits`]).
    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding>;
}

/// When a program is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// In the middle, because it [is broken](Program::is_broken).
    Broken,
    /// All threads have ended.
    Finished,
    /// Nobody can go on, but not all have ended.
    Stuck,
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of what does not hold: "I6", "deadlock", "staleHead".
    pub invariant: String,
    /// What was found, in a sentence.
    pub text: String,
    /// Who waits for whom, if that is what is wrong.
    pub stuck: Option<Stuck>,
}
