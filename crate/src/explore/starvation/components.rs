//! Strongly connected components (Tarjan, 1972), without recursion: a graph of states is deep.

use super::graph::{Edge, Graph, State};

/// Not visited yet.
const UNSEEN: u32 = u32::MAX;

/// The components of the part of the graph that has the states of `part` and the steps between them that are `allowed`.
/// Only those with a step inside are of interest.
#[must_use]
pub fn components(graph: &Graph, part: &[State], allowed: impl Fn(&Edge) -> bool) -> Vec<Vec<State>> {
    let mut within = vec![false; graph.states() as usize];
    part.iter().for_each(|&state| within[state as usize] = true);
    let inside = |edge: &&Edge| within[edge.to as usize] && allowed(edge);

    let mut numbers = vec![UNSEEN; graph.states() as usize];
    let mut low = vec![0; graph.states() as usize];
    let mut on_stack = vec![false; graph.states() as usize];
    let (mut stack, mut found, mut count) = (Vec::new(), Vec::new(), 0);
    for &root in part {
        if numbers[root as usize] != UNSEEN {
            continue;
        }
        // A state, and how many of its steps have been followed.
        let mut path = vec![(root, 0)];
        while let Some((state, followed)) = path.last_mut() {
            let v = *state as usize;
            if *followed == 0 && numbers[v] == UNSEEN {
                (numbers[v], low[v], on_stack[v]) = (count, count, true);
                count += 1;
                stack.push(*state);
            }
            if let Some(edge) = graph.from(*state).iter().filter(inside).nth(*followed) {
                *followed += 1;
                let w = edge.to as usize;
                if numbers[w] == UNSEEN {
                    path.push((edge.to, 0));
                } else if on_stack[w] {
                    low[v] = low[v].min(numbers[w]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                let u = *parent as usize;
                low[u] = low[u].min(low[v]);
            }
            if low[v] == numbers[v] {
                let from = stack.iter().rposition(|&state| state as usize == v).unwrap_or(0);
                let component = stack.split_off(from);
                component.iter().for_each(|&state| on_stack[state as usize] = false);
                let loops = |&state: &State| graph.from(state).iter().filter(inside).any(|edge| edge.to == state);
                if component.len() > 1 || component.iter().any(loops) {
                    found.push(component);
                }
            }
        }
    }
    found
}
