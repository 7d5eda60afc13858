Feature: Everything at once, in many orders

  Approvals, resolutions, revisions, analyses and reclaims may meet in any order, and most orders never occur to anybody. So many of them
  are tried, drawn from a seed; the smallest that breaks a rule is told with the words to replay it. What each of them does is told elsewhere.

  @slow @needs_clock_control @needs_faults @REQ-CNF-012 @REQ-CNF-013 @REQ-CNF-014 @REQ-CNF-015
  Scenario: In 200 orders one change at a time works on a resource and nothing gets lost
    Given customers like "Northwind" run one node on demand and one on spot
    When approvals, resolutions, analyses and reclaims happen in 200 different orders
    Then no two changes have worked on one resource at once, in any order
    And each disagreement had at most one winner
    And nothing that was accepted got lost
    And nothing waited for ever
