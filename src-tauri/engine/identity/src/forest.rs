//! Disjoint sets of records.

use crate::sorting::Piles;

/// Union-find with path halving (Tarjan and van Leeuwen 1984); the smallest member is the root.
#[derive(Debug, Clone)]
pub(crate) struct Forest(Vec<u32>);

impl Forest {
    /// `n` sets of one.
    pub fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    /// The smallest member of `i`'s set.
    pub fn root(&mut self, i: u32) -> u32 {
        let mut i = i;
        while self.0[i as usize] != i {
            let parent = self.0[self.0[i as usize] as usize];
            self.0[i as usize] = parent;
            i = parent;
        }
        i
    }

    /// Joins two sets; false when they were one already.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
        a != b
    }

    /// The root of every member.
    pub fn roots(mut self) -> Vec<u32> {
        (0..self.0.len() as u32).map(|i| self.root(i)).collect()
    }
}

/// Members of the set of each root; 0 for whoever is no root. `roots` as of [`Forest::roots`].
pub(crate) fn sizes(roots: &[u32]) -> Vec<u32> {
    let mut sizes = vec![0; roots.len()];
    roots.iter().for_each(|&root| sizes[root as usize] += 1);
    sizes
}

/// The sets of two members or more, by their smallest member.
#[derive(Debug)]
pub(crate) struct Groups {
    /// Members by set, ascending.
    members: Piles,
    /// The set of each member; none ([`u32::MAX`]) for one alone.
    of: Vec<u32>,
}

impl Groups {
    /// Of `roots` as of [`Forest::roots`].
    pub fn new(roots: &[u32]) -> Self {
        let mut of = sizes(roots);
        let mut sets = 0;
        for (i, &root) in roots.iter().enumerate() {
            // A root is the smallest of its set: its size gives way to the number of the set
            // before anybody looks it up.
            if root as usize == i {
                let size = std::mem::replace(&mut of[i], u32::MAX);
                if size > 1 {
                    of[i] = sets;
                    sets += 1;
                }
            }
            of[i] = of[root as usize];
        }
        let members = Piles::new(sets as usize, || {
            let all = (0..).zip(&of).filter(|(_, set)| **set != u32::MAX);
            all.map(|(i, set)| (*set as usize, i))
        });
        Self { members, of }
    }

    /// Sets there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// The members of a set, ascending.
    pub fn members(&self, group: usize) -> &[u32] {
        self.members.of(group)
    }

    /// The set of a member that is not alone.
    pub fn of(&self, member: usize) -> usize {
        self.of[member] as usize
    }
}

/// A pair of records in one word, the smaller first.
pub(crate) fn pair(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

/// The records of a [`pair`].
pub(crate) fn both(pair: u64) -> (usize, usize) {
    ((pair >> 32) as usize, (pair & u64::from(u32::MAX)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_sets_are_grouped_under_their_smallest_member() {
        let mut forest = Forest::new(5);
        assert!(forest.join(4, 1) && forest.join(3, 4) && !forest.join(1, 3));
        let roots = forest.roots();
        assert_eq!(roots, [0, 1, 2, 1, 1]);
        assert_eq!(sizes(&roots), [1, 3, 1, 0, 0]);
        let groups = Groups::new(&roots);
        assert_eq!((groups.len(), groups.members(0), groups.of(4)), (1, &[1, 3, 4][..], 0));
        assert_eq!(both(pair(7, 3)), (3, 7));
    }
}
