//! A state, judged.

use super::program::Moment;
use super::verdict::Violation;
use super::{Standing, Walker};

/// What there is beyond a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Other states.
    More,
    /// Nothing: all threads have ended, as they should, or what follows [is beside the
    /// point](super::Program::is_beside_the_point).
    Nothing,
    /// Whatever it is, here something is broken.
    Broken,
}

/// Judges the state that the walker is at; `tell_origin` is called if what led here must be executed, and the walker may not
/// know that.
#[inline(always)]
pub fn judge(walker: &mut Walker<'_>, tell_origin: impl FnOnce(&mut Walker<'_>)) -> Beyond {
    let program = walker.program();
    let broken = match walker.standing() {
        _ if program.is_broken(walker.memory()) => true,
        Standing::Going if program.is_beside_the_point(walker.memory()) => false,
        Standing::Going => return Beyond::More,
        Standing::Finished => program.judge(walker.memory(), Moment::Finished).is_some(),
        Standing::Stuck => {
            // What threads wait for is told by an execution.
            tell_origin(walker);
            Violation::find(program, walker.schedule()).is_some()
        }
    };
    if broken { Beyond::Broken } else { Beyond::Nothing }
}
