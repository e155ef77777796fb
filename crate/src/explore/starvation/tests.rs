//! Threads that loop.

use super::*;
use crate::explore::bounds::Bound;
use crate::explore::{Host, Moment};
use crate::machine::model::{Body, Cells, Grain, Model, ModelThread};
use crate::machine::{Aborted, Control, Lock, LockKind, Machine, Op};
use crate::ring::{Frames, Placer};

/// What a thread does.
#[derive(Clone, Copy)]
enum Role {
    /// Takes the first lock and releases it, so many times.
    Locks(u32),
    /// The same, for ever.
    LocksForEver,
    /// Tries the lock of this number until it gets it.
    Tries(usize),
    /// Takes the second lock, and then the first one too, once.
    LocksBoth,
}

struct Loops {
    roles: Vec<Role>,
    control: Control,
    locks: [Lock; 2],
    words: u32,
}

impl Loops {
    fn new(roles: &[Role]) -> Self {
        let placer = &mut Placer::default();
        let control = Control::place(placer, roles.len() as u32);
        let locks = [(); 2].map(|()| Lock::place(placer, LockKind::Mutex));
        Self { roles: roles.to_vec(), control, locks, words: placer.words() }
    }

    async fn run(&self, m: &ModelThread<'_>) -> Result<(), Aborted> {
        let [first, second] = self.locks;
        let done = self.control.counters(m.me());
        match self.roles[m.me().index() as usize] {
            Role::Locks(rounds) => {
                while m.this_cpu_read(done) < rounds {
                    m.this_cpu_write(done, m.this_cpu_read(done) + 1);
                    m.begin_operation();
                    m.lock(first).await?;
                    m.unlock(first).await;
                }
            }
            Role::LocksForEver => loop {
                m.begin_operation();
                m.lock(first).await?;
                m.unlock(first).await;
            },
            Role::Tries(lock) => loop {
                m.begin_operation();
                if m.try_lock(self.locks[lock]).await {
                    m.unlock(self.locks[lock]).await;
                    break;
                }
            },
            Role::LocksBoth => {
                m.lock(second).await?;
                m.lock(first).await?;
                m.unlock(first).await;
                m.unlock(second).await;
            }
        }
        Ok(())
    }
}

impl Program for Loops {
    fn threads(&self) -> u32 {
        self.roles.len() as u32
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        format!("thread {}", thread.index())
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        let frames = Frames::place(&mut Placer::default(), 0, 1);
        let model = Model::new(self.words, self.control, frames, Grain::Whole);
        let machines: Vec<_> = self.control.all().map(|thread| model.thread(thread)).collect();
        visit(&model, machines.iter().map(|m| Box::pin(self.run(m)) as Body<'_>).collect());
    }

    fn judge(&self, _: &Cells, _: Moment) -> Option<Finding> {
        None
    }
}

fn starve(roles: &[Role], fairness: Fairness) -> Verdict {
    search(&Loops::new(roles), &Options { bounds: Bounds::default(), fairness }, &Host::quiet())
}

#[test]
fn a_lock_that_somebody_takes_again_and_again_can_be_refused_for_ever() {
    for fairness in [Fairness::Weak, Fairness::Strong] {
        let verdict = starve(&[Role::LocksForEver, Role::Tries(0)], fairness);
        assert_eq!(verdict.outcome, Outcome::Violated);
        let violation = verdict.violation.unwrap();
        assert!(violation.finding.text.contains("thread 1 can be refused for ever"), "{}", violation.finding.text);
        let cycle = violation.cycle.unwrap();
        let round: Vec<_> = violation.steps.iter().filter(|(i, _)| *i >= cycle).map(|(_, step)| step.op).collect();
        assert!(round.contains(&Op::Refused) && round.contains(&Op::Lock) && round.contains(&Op::Unlock));
        assert!(!round.contains(&Op::TryLock));
        // The loop leads back to where it began: it can be gone through once more.
        let twice: Vec<_> = violation.schedule.iter().chain(&violation.schedule[cycle..]).copied().collect();
        let again: Vec<_> = replay(&Loops::new(&[Role::LocksForEver, Role::Tries(0)]), &twice).steps;
        let second: Vec<_> =
            again.iter().filter(|(i, _)| *i >= violation.schedule.len()).map(|(_, step)| step.op).collect();
        assert_eq!(second, round);
    }
}

#[test]
fn whoever_holds_the_lock_for_a_while_must_go_on_under_a_fair_scheduler() {
    assert_eq!(starve(&[Role::Locks(3), Role::Tries(0)], Fairness::Weak).outcome, Outcome::Proved);
}

#[test]
fn a_waiting_thread_that_is_passed_over_starves_another_one_unless_fairness_is_strong() {
    let roles = [Role::LocksForEver, Role::LocksBoth, Role::Tries(1)];
    assert_eq!(starve(&roles, Fairness::Weak).outcome, Outcome::Violated);
    assert_eq!(starve(&roles, Fairness::Strong).outcome, Outcome::Proved);
}

#[test]
fn a_bound_is_no_proof() {
    let bounds = Bounds { steps: Some(2), ..Bounds::default() };
    let options = Options { bounds, fairness: Fairness::Weak };
    let verdict = search(&Loops::new(&[Role::Locks(3), Role::Tries(0)]), &options, &Host::quiet());
    assert_eq!((verdict.outcome, verdict.states), (Outcome::BoundReached(Bound::Steps), Some(3)));
}
